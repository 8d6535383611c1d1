"""Cases (sprawy): the JRWA class, the sign, the course, the deadlines, the decision, its publication."""
