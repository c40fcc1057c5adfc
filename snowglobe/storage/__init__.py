"""What stages read from: buckets, as folders of this machine or in the cloud."""
