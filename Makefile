PYTHON ?= python3
START := $(PYTHON) app/bootstrap.py

.PHONY: help run test stress bench lint translate docs bundle
help:        ## 列出全部命令
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'
run:         ## 启动（首次启动自动建立环境与演示县），Ctrl-C 停止
	@exec $(START) run
test:        ## 全部测试；ARGS= 可加 pytest 参数
	@exec $(START) test $(ARGS)
stress:      ## 带负载随机强杀网页服务和后台进程，再核对数据库；SECONDS=60
	@STRESS_SECONDS=$(or $(SECONDS),60) exec $(START) test -s tests/stress
bench:       ## 百万条隐患，与别家产品并排测量，写入 bench/results.md；ARGS= 可加参数
	@exec $(START) exec python -m bench $(ARGS)
lint:        ## 代码检查
	@$(START) exec ruff check . && $(START) exec lint-imports
translate:   ## 提取界面文字并编译中文词条
	@$(START) exec pybabel -q extract -F pyproject.toml -k N_ -k NN_:1,2 -k _l -k _lp:1c,2 --no-location --sort-output -o translations/messages.pot . && $(START) exec pybabel -q update -N --no-wrap --ignore-obsolete -i translations/messages.pot -d translations && $(START) exec pybabel -q compile -d translations
docs:        ## 由声明重写状态图和 README 里的两张表
	@$(START) exec python -m app.handbook
bundle:      ## 打离线安装包到 dist/；ARGS= 可加 --python 3.12 --machine aarch64
	@exec $(START) exec python -m app.upkeep.bundle $(ARGS)
