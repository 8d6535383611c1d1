"""The ground floor: knows nothing of towns, cases or ePUAP."""
