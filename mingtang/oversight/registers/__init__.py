"""Registers of what no other room keeps: press conferences, training and meetings, copies to archives and libraries."""
