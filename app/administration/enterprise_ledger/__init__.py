"""企业名录 as a sheet: out under the reader's scope, in with preview, repair in place and history."""
