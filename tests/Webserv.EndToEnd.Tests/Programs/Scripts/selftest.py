"""The test that the module cgi brings along."""
import cgi

cgi.test()
