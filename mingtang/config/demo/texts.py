"""Invented titles and texts for the demo's documents: plain, dated, never about a real person or place."""

from __future__ import annotations

import random
from datetime import date

PLACES = (
    "明川区",
    "和畅区",
    "知行区",
    "青禾县",
    "云岭县",
    "滨河路片区",
    "城南新区",
    "站前街道",
    "临河工业园",
    "青石镇",
)
THINGS = (
    "老旧小区改造",
    "农村公路养护",
    "供热管网改造",
    "中小学校舍维修",
    "污水处理厂扩建",
    "公交场站建设",
    "高标准农田建设",
    "社区卫生服务中心建设",
)
GOODS = ("玉米", "大豆", "水稻", "猪肉", "鸡蛋", "大白菜", "苹果", "番茄")
SHOPS = ("顺达餐饮店", "百佳超市", "青禾粮油行", "宏远建材", "明川药房", "和畅食品厂", "知行书店", "云岭果业")
_AREA = {
    "growth.fiscal": "{m}月财政收支情况",
    "growth.indicators": "{m}月主要经济指标及解读",
    "growth.audit": "重大政策措施落实情况跟踪审计结果（第{n}号）",
    "growth.tax_cuts": "减税降费政策措施汇编",
    "growth.fee_lists": "行政事业性收费和政府性基金目录清单",
    "growth.costs": "降低企业要素成本政策执行情况（第{n}号）",
    "growth.insurance": "{m}月社会保险参保和基金运行情况",
    "growth.projects": "{place}{thing}项目交易公告（{n}）",
    "growth.ppp": "政府和社会资本合作项目进展（第{n}号）",
    "reform.lists": "权责清单（第{n}项）：{place}{thing}相关事项",
    "reform.business": "优化营商环境案例（第{n}号）",
    "reform.enterprises": "市属国有企业经济效益指标（第{n}号）",
    "reform.market": "{good}市场价格监测分析（{m}月{d}日）",
    "reform.farming": "惠农政策解读（第{n}号）：农业补贴",
    "reform.budgets": "{place}部门预决算公开（第{n}号）",
    "structure.new": "支持创业创新政策（第{n}号）",
    "structure.capacity": "化解过剩产能企业名单和进展（第{n}号）",
    "structure.quality": "产品质量抽检结果（第{n}号）",
    "welfare.poverty": "{place}社会救助信息（{m}月）",
    "welfare.environment": "{place}环境监测和监管信息（{m}月{d}日）",
    "welfare.rivers": "总河长、河长名单（第{n}号）",
    "welfare.education": "{place}义务教育招生入学信息（第{n}号）",
    "welfare.health": "卫生计生民意调查结果（第{n}号）",
    "welfare.food": "食品安全抽检信息公告（第{n}号）",
    "risk.debt": "政府债务限额和余额情况（第{n}号）",
    "risk.housing": "房地产市场信息（{m}月）",
    "risk.land": "{place}土地供应公告（第{n}号）",
    "risk.safety": "安全生产检查情况（{m}月）",
}
_KIND = {
    "normative": "示例市{thing}管理办法",
    "policy": "关于做好{thing}工作的通知",
    "statistics": "{m}月{place}统计月报",
    "licence": "行政许可决定：{shop}（{place}）",
    "penalty": "行政处罚决定信息：{shop}（{place}）",
    "notice": "关于{place}{thing}的公告",
    "news": "{place}{thing}取得进展",
    "interpretation": "一问一答：{thing}怎么办、找谁办（第{n}号）",
    "leader_interpretation": "市政府负责同志解读{thing}政策（第{n}号）",
    "service_item": "{thing}相关事项（第{n}号）",
}
_SENTENCES = (
    "现将有关情况公开如下，请社会各界监督。",
    "本次涉及{place}，由{organ}负责组织实施。",
    "截至{m}月底，{thing}按计划推进，累计完成年度任务的{p}%。",
    "办理地点在政务服务大厅{w}号窗口，办理时间为工作日。",
    "申请人应当提交申请表和相关证明材料，窗口一次性告知需要补正的内容。",
    "对检查中发现的问题，已责令限期整改，并在整改完成后公布结果。",
    "市民对公开内容有疑问的，可以在工作日拨打公开电话咨询，也可以通过本网站留言。",
    "相关数据由{organ}汇总核对，与上一期口径一致。",
    "下一步将加强日常巡查，按时公开后续进展。",
    "以上信息自公布之日起长期公开，内容变更时另行更正。",
)


def title_of(kind: str, area: str, n: int, day: date, dice: random.Random) -> str:
    """A title that fits its kind or key area."""
    shape = _AREA[area] if area else _KIND[kind]
    return shape.format(
        m=day.month, d=day.day, n=n, place=dice.choice(PLACES), thing=dice.choice(THINGS), good=dice.choice(GOODS),
        shop=dice.choice(SHOPS),
    )  # fmt: skip


def body_of(organ: str, day: date, dice: random.Random) -> str:
    """Three to six paragraphs of plain sentences."""
    lines = dice.sample(_SENTENCES, dice.randint(3, 6))
    return "".join(
        "<p>" + s.format(place=dice.choice(PLACES), organ=organ, m=day.month, thing=dice.choice(THINGS), p=dice.randint(35, 98),
                         w=dice.randint(1, 28)) + "</p>"
        for s in lines
    )  # fmt: skip
