"""文件登记簿 at the desk: every issued paper, public or not, and who decided its attribute."""
