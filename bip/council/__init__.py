"""The council in the Bulletin: who sits on it, what its sessions dealt with and how each councillor voted."""
