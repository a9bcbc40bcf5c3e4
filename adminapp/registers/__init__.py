"""Registers (台账): lists that the county must keep, fed from what is stored anyway, declared in schemas/registers.yaml."""
