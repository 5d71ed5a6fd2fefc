"""The columns of 单位名录."""

from app.exchange.sheets import Column, Sheet

UNIT_SHEET = Sheet(
    name="units",
    title="单位名录",
    required=("name",),
    columns=(
        Column("name", "单位名称", 30, "text", ("单位全称", "名称", "机构名称", "部门名称", "乡镇名称", "单位")),
        Column("short_name", "简称", 16, "text", ("单位简称",)),
        Column("kind", "类别", 12, "word", ("单位类别", "单位类型", "类型", "单位性质", "性质")),
        Column("parent", "上级单位", 18, "text", ("上级", "隶属单位", "主管单位")),
        Column("code", "代码", 12, "code", ("单位代码", "机构代码", "编码")),
        Column("phone", "电话", 16, "word", ("联系电话", "值班电话", "办公电话", "联系方式")),
        Column("industries", "监管行业", 26, "text", ("监管行业领域", "监管领域", "行业")),
        Column("review", "先审核后下达", 12, "yes_no", ("是否先审核后下达", "下达前审核")),
        Column("names", "别名", 26, "text", ("其他名称", "曾用名", "原名称")),
        Column("active", "状态", 10, "word", ("使用状态", "是否启用", "启用")),
    ),
)
