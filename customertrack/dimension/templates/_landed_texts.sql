[% for part in key %]
        [[ part.landed ]] AS [[ part.text ]],
[% endfor %]
[% for part in changing %]
        [[ part.earlier.landed ]] AS [[ part.earlier.text ]],
[% endfor %]
[% if op %]
        [[ op.landed ]] AS op_text,
[% endif %]
[% if time.landed %]
        [[ time.landed ]] AS updated_at_text,
[% endif %]
[% for column in sequence %]
        [[ column.landed ]] AS [[ column.text ]],
[% endfor %]
[% for attribute in attributes %]
        [[ attribute.landed ]] AS [[ attribute.text ]],
[% endfor %]
