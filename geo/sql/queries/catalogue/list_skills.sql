select code, name, name_en from yike.skill order by sort, code
