"""The bundled ePUAP double: a real HTTP server with its own storage, parser and keys.

It imports nothing of the product, so that a mistake of the client cannot hide behind the same mistake
here. Start it with ``python -m eoffice.sandbox --port 8091 --data DIR`` or ``server.serve``.

What it keeps below DIR: ``sandbox.sqlite3`` (everything said and sent), ``clients/<podmiot>/`` (``key.pem``,
``cert.pem``, ``client.p12`` with the password ``sandbox``) and ``server/`` (``cert.pem`` signs the answers,
``seal-cert.pem`` the receipts, ``pz-cert.pem`` is the seal of the simulated Profil Zaufany).

The control interface of tests and demonstrations is described in ``eoffice.sandbox.api``.
"""
