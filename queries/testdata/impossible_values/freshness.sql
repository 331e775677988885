select strftime(timezone('Asia/Kolkata', complete_through), '%Y-%m-%d %H:%M:%S') as complete_through from freshness();
