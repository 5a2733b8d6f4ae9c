select yike.tell(:event, :incident, null)
