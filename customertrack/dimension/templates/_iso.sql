[# How a text in ISO 8601 becomes a time, in steps, because each is needed several times: of a column, or of a file's name. #]
[% macro day_time(text) %]REGEXP_REPLACE(SUBSTR([[ text ]], 12), '[^0-9:.].*$', '')[% endmacro %]
[% macro day_time_unless_plain(text) %]
IFF(
            REGEXP_LIKE(
                [[ text ]],
                '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
            ),
            NULL,
            [[ day_time(text) ]]
        )[% endmacro %]
[% macro shape(fraction) %]'[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][[ fraction ]])?)?( ?(Z|z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?'[% endmacro %]
[% macro to_second(text, day_time) %]SUBSTR([[ text ]], 1, 10) || ' ' || SUBSTR([[ day_time ]], 1, 15)[% endmacro %]
[% macro no_fraction(day_time) %]SUBSTR('00:00:00.000000', 1 + LENGTH([[ day_time ]]))[% endmacro %]
[% macro has_no_offset(text, day_time) %]LENGTH([[ text ]]) <= 12 + LENGTH([[ day_time ]])[% endmacro %]
[% macro offset(text, day_time) %]COALESCE(TRY_TO_NUMBER(RPAD(REPLACE(LTRIM(SUBSTR([[ text ]], 12 + LENGTH([[ day_time ]]))), ':', ''), 5, '0'), 4, 0), 0)[% endmacro %]
[% macro has_room(wall_clock) %][[ wall_clock ]] BETWEEN TO_TIMESTAMP_NTZ('0001-01-02', 'YYYY-MM-DD') AND TO_TIMESTAMP_NTZ('9999-12-30', 'YYYY-MM-DD')[% endmacro %]
[% macro moved(wall_clock, offset) %]DATEADD('minute', 40 * TRUNC([[ offset ]] / 100) - [[ offset ]], [[ wall_clock ]])[% endmacro %]
