"""Content in and out: a subtree as an archive, an archive, a Plone export or an old Bulletin into the tree.

Every source is read as the same entries (``entries``), judged by one plan (``plan``) and brought in by one hand
(``bring``), so each gives the same report and none is taken twice.
"""
