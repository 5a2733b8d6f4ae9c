select code, name, name_en from yike.facility_category where code = :category
