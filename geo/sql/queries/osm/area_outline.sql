select level, st_asbinary(geom_3857) as outline from yike.area where id = :area
