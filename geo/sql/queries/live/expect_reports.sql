select yike.expect_reports()
