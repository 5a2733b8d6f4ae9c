select yike.escalate(:order)
