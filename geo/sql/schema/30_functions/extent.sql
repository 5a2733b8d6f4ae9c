create function yike.extent(shape geometry) returns double precision[]
language sql immutable strict parallel safe
return array[st_xmin(shape), st_ymin(shape), st_xmax(shape), st_ymax(shape)];
