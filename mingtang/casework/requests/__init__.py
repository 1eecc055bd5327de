"""依申请公开: intake, the steps, the decision and the answer."""
