-- How a person wants the console written: null follows their browser.

ALTER TABLE users
    ADD COLUMN locale    text,                         -- a name of CultureInfo, for example es-CL
    ADD COLUMN time_zone text;                         -- a name of the tz database
