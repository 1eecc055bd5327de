"""The annual report at the desk: every figure opens its rows."""
