"""Every write, one verb a file. An action is keyword-only and says who acts (`by`) and when (`at`)."""
