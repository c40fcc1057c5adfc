[% for part in key %]
            [[ '|| ' if not loop.first ]]CASE
[% if part.earlier %]
                -- Both what it is and what it was before have to fit.
[% if part.null is none %]
                WHEN [[ part.is_misfit_before ]] AND [[ part.text ]] IS NULL THEN ', missing_[[ part.reason ]], invalid_[[ part.reason ]]'
[% endif %]
                WHEN [[ part.is_misfit_before ]] THEN ', invalid_[[ part.reason ]]'
[% endif %]
[% if part.null is none %]
                WHEN [[ part.name ]] IS NOT NULL THEN ''
                WHEN [[ part.text ]] IS NULL THEN ', missing_[[ part.reason ]]'
[% else %]
                -- NULL is stored as the stand-in, which itself must not land.
                WHEN [[ part.text ]] IS NULL OR [[ part.name ]] <> [[ part.stand_in ]] THEN ''
[% endif %]
                ELSE ', invalid_[[ part.reason ]]'
            END
[% endfor %]
