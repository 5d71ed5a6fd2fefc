"""Papers (公文): letters, receipts, replies and decisions as Word files in official layout, GB/T 9704-2012.

A noun hands a paper's words (`PaperKind`: placeholders with their meaning, and how a case fills them); the room keeps
the office's templates, renders, freezes and serves. A paper is frozen when its case is signed: its context with that
transaction, the file from it right after, by whoever comes first of the request and the worker.
"""
