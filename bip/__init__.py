"""Biuletyn Informacji Publicznej: the town's official bulletin, its menu, marks, register of changes and proofs."""
