listen yike_live
