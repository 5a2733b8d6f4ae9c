-- Categories of service by code.
select code, name, name_en from yike.facility_category where code = any (cast(:codes as text[]))
