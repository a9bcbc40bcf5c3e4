"""Related persons (近亲属备案): the register of case officers and committee members with their relatives, the match of a
case's people against it, and the recusal that follows (民发〔2021〕57号 第十一条、第二十条)."""
