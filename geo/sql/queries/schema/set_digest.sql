select set_config('yike.schema_comment', :comment, true)
