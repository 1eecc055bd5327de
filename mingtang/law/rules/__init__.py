"""The rules proper, one file a subject: working days, intake, the clock and its reasons, outcomes, fees, remedies."""
