"""Complaints and reports (投诉举报): registered from anybody, assigned by the county, investigated, answered; every one of them
(民发〔2021〕57号 第三十七条). Who told is known to the investigator alone."""
