"""The columns of 企业名录."""

from app.exchange.sheets import Column, Sheet

ENTERPRISE_SHEET = Sheet(
    name="enterprises",
    title="企业名录",
    required=("name",),
    columns=(
        Column("name", "企业名称", 30, "text",
               ("单位名称", "企业全称", "名称", "生产经营单位名称", "被监管单位", "企业")),
        Column("short_name", "企业简称", 14, "text", ("简称",)),
        Column("uscc", "统一社会信用代码", 21, "code",
               ("信用代码", "社会信用代码", "统一信用代码", "组织机构代码", "营业执照号")),
        Column("territory", "属地乡镇", 12, "text",
               ("所属乡镇", "乡镇", "属地", "所在乡镇", "属地乡（镇）", "属地监管单位")),
        Column("industry", "行业", 14, "text", ("行业类别", "所属行业", "行业领域", "行业类型")),
        Column("daily", "日常监管部门", 18, "text", ("日常监管单位", "监管部门", "主管部门", "行业监管部门")),
        Column("others", "其他监管部门", 22, "text", ("其它监管部门", "相关监管部门", "配合监管部门")),
        Column("address", "地址", 26, "text", ("企业地址", "生产经营地址", "经营地址", "详细地址", "住所")),
        Column("status", "状态", 10, "word", ("生产状态", "经营状态", "企业状态", "运行状态")),
        Column("principal", "主要负责人", 11, "word", ("企业负责人", "法定代表人", "法人", "法人代表")),
        Column("principal_phone", "主要负责人电话", 14, "word",
               ("负责人电话", "企业负责人电话", "法人电话", "主要负责人联系方式", "联系电话")),
        Column("safety_manager", "安全管理员", 11, "word", ("安全员", "安全负责人", "安全管理人员", "专职安全员")),
        Column("safety_phone", "安全管理员电话", 14, "word", ("安全员电话", "安全管理人员电话", "安全负责人电话")),
        Column("names", "曾用名", 20, "text", ("其他名称", "别名", "曾用名称", "原名称")),
    ),
)
