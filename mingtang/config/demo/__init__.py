"""The demo city 示例市: invented units, people and texts, and a 2017 ledger whose counts are a real report's.

Everything goes in through the rooms' doors. Nothing of it is real; every page says 演示系统.
"""
