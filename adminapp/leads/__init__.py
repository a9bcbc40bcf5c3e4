"""Proactive discovery (主动发现): leads on people who may need relief, reported in the villages, answered by the township in time."""
