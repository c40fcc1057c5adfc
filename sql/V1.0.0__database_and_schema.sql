-- Where everything of CustomerTrack lives: one database per deployment, one schema for the dimensions.
CREATE DATABASE IF NOT EXISTS {{ database }}
    COMMENT = 'CustomerTrack: slowly changing dimensions from landed CSV files';

CREATE SCHEMA IF NOT EXISTS {{ database }}.dimension
    COMMENT = 'The dimensions: landing, event log, current truth and history';
