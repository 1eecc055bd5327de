"""Mingtang 明堂: government information disclosure for a Chinese city, as nine rooms with one door each."""
