"""The auditor's page (审计日志): who did what, the seals of the history, its check and its export. Logs only."""
