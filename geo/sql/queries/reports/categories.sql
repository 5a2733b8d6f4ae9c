select code, name, name_en, severity, is_public from yike.incident_category order by sort
