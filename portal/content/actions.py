"""The acts of content in one place; each does one thing, checks its right, and never commits."""

from portal.content.publication import archive, publish, retire, return_with_remark, schedule, submit, withdraw
from portal.content.tree import (
    configure,
    copy,
    create_item,
    create_root,
    move,
    place,
    present,
    put_into_bin,
    rename,
    reorder,
    restore_from_bin,
    shift,
)
from portal.content.versions import Attachment, discard, restore, save_draft

__all__ = [
    "Attachment",
    "archive",
    "configure",
    "copy",
    "create_item",
    "create_root",
    "discard",
    "move",
    "place",
    "present",
    "publish",
    "put_into_bin",
    "rename",
    "reorder",
    "restore",
    "restore_from_bin",
    "retire",
    "return_with_remark",
    "save_draft",
    "schedule",
    "shift",
    "submit",
    "withdraw",
]
