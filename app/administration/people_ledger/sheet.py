"""The columns of 人员名册: one row for each post that a person holds."""

from app.exchange.sheets import Column, Sheet

PEOPLE_SHEET = Sheet(
    name="people",
    title="人员名册",
    required=("name",),
    columns=(
        Column("name", "姓名", 12, "word", ("人员姓名", "联系人", "填报人姓名", "人员")),
        Column("username", "账号", 16, "code", ("用户名", "登录名", "登录账号", "帐号")),
        Column("unit", "单位", 24, "text", ("工作单位", "所在单位", "单位名称", "所属单位")),
        Column("role", "岗位", 14, "word", ("角色", "岗位角色", "系统角色", "权限")),
        Column("title", "职务", 16, "text", ("职务职称", "职位", "行政职务")),
        Column("phone", "电话", 16, "word", ("联系电话", "手机", "手机号", "手机号码", "联系方式")),
        Column("active", "状态", 10, "word", ("账号状态", "是否启用", "启用")),
    ),
)
SLIPS = Sheet(
    name="slips",
    title="一次性密码条",
    columns=(
        Column("unit", "单位", 24), Column("name", "姓名", 12), Column("username", "账号", 18),
        Column("password", "一次性密码", 18, "code"),
    ),
)
