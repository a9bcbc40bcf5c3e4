"""Reports (报表): the statistics of a month, put together from the rows behind them and frozen when the month is closed."""
