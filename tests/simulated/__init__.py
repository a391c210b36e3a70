"""Days of posting on a virtual clock: the planner's own code against a model of Xero's windows. No database, no network."""
