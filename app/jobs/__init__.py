"""后台任务: the worker, what it is asked to do, and the 下载 list. The jobs themselves are rows (casework/jobs.py)."""
