select spec, seq from task
