"""The words of the channels: what is sent by the platform, and where people bring a document by hand."""

from __future__ import annotations

# Where a publication can go. The first four are lines of the report; every other word counts under 其他方式.
LINES = ("site", "gazette", "weibo", "wechat")
CHANNELS = {
    "site": "政府网站",
    "gazette": "政府公报",
    "weibo": "政务微博",
    "wechat": "政务微信",
    "credit": "信用平台",
    "enterprise": "企业信用公示系统",
    "trading": "公共资源交易平台",
    "investment": "投资项目审批监管平台",
    "industry": "行业网站",
    "newspaper": "报纸",
    "television": "电视",
    "board": "公告栏",
    "app": "移动客户端",
    "other": "其他方式",
}
# What a person may enter: everything but what the platform shows itself.
BY_HAND = {key: name for key, name in CHANNELS.items() if key not in ("site", "gazette")}
# What is no medium: the organ's own site, and platforms and boards that keep a register.
NO_MEDIUM = ("site", "credit", "enterprise", "trading", "investment", "board")
